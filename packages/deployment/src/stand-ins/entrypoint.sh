# Both stand-ins in one image: which of them it is, is known by what docker-compose.yml has them run.
case "$1" in
-jar) exec node packages/deployment/src/stand-ins/dynamodb.ts ;;
*) exec node packages/deployment/src/stand-ins/firestore.ts ;;
esac
