// In the place of Amazon's DynamoDB Local, in a container of the tests: dynalite, which takes none of its arguments.
import dynalite from 'dynalite';

dynalite({ createTableMs: 0 }).listen(8000, '0.0.0.0');
process.once('SIGTERM', () => process.exit(0));
