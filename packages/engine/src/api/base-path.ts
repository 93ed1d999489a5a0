/** Where the API's calls are, from the server's root. */
export const apiBasePath = '/api/migration/firestore-to-dynamodb';
