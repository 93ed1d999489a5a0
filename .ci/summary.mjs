// Reads the tests' JSON reports. stdout: "passed failed skipped". stderr: each failed test with its message, as the runner's own
// output names it only in the middle of a log of thousands of lines.
// Arguments: exit status of the install, of the checks, then a report and its runner's exit status, any number of times.
import { existsSync, readFileSync } from 'node:fs';

const [installStatus, checkStatus, ...runs] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
const say = (title, message) =>
  console.error(`FAILED ${title}\n${message.trim().replaceAll(/^/gmu, '    ')}`);

for (let at = 0; at < runs.length; at += 2) {
  const [report, status] = [runs[at], Number(runs[at + 1])];
  const failedBefore = failed;
  const { testResults } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] };
  for (const suite of testResults) {
    const file = suite.name.replace(`${process.cwd()}/`, '');
    const failures = suite.assertionResults.filter((result) => result.status === 'failed');
    const passes = suite.assertionResults.filter((result) => result.status === 'passed').length;
    passed += passes;
    failed += failures.length;
    skipped += suite.assertionResults.length - passes - failures.length;
    for (const { fullName, failureMessages } of failures)
      say(`${file} > ${fullName}`, failureMessages.join('\n'));
    // A suite that fails to load contains no failed test, so it counts as one.
    if (suite.status === 'failed' && failures.length === 0) {
      failed += 1;
      say(file, suite.message ?? '');
    }
  }
  if (status !== 0 && failed === failedBefore) failed += 1;
}
if (Number(installStatus) !== 0 || (failed === 0 && passed === 0)) failed += 1;
if (Number(checkStatus) !== 0) failed += 1;
console.log(passed, failed, skipped);
