# Both stand-ins in one image: which of them it is, is known by what docker-compose.yml has them run.
case "$1" in
-jar) exec node packages/e2e/src/deployment/stand-ins/dynamodb.ts ;;
*) exec node packages/e2e/src/deployment/stand-ins/firestore.ts ;;
esac
