import manifest from '../package.json' with { type: 'json' };

const needed = manifest.engines.node.replace('>=', '');
const [major = 0, minor = 0] = needed.split('.').map(Number);
const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  throw new Error(
    `firestore-to-dynamodb-migration needs Node ${needed} or later, and this is Node ${process.versions.node}: update Node.`,
  );
}
