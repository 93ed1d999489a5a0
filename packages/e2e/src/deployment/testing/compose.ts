import { fileURLToPath } from 'node:url';

import { runProgram, type RunOptions } from '@migrator/devkit';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** The `docker-compose.yml` of this repository, as one project on the engine that DOCKER_HOST names. */
export interface Compose {
  /** Runs a subcommand: `up`, `run`, … */
  (...args: readonly string[]): Promise<string>;
  /** The ids of a service's containers that run. */
  containers(service: string): Promise<string[]>;
  /** A value of `docker inspect`, by a template: `{{.State.Health.Status}}`. */
  inspect(container: string, template: string): Promise<string>;
}

export function compose(project: string, tool: readonly string[], env: RunOptions['env'] = {}): Compose {
  const [command = 'docker', ...first] = tool;
  const call = (...args: readonly string[]): Promise<string> =>
    runProgram(command, [...first, '--project-name', project, ...args], {
      env: { ...process.env, ...env },
      cwd: root,
    });
  return Object.assign(call, {
    async containers(service: string) {
      return (await call('ps', '--quiet', service)).split('\n').filter(Boolean);
    },
    async inspect(container: string, template: string) {
      return (await runProgram('docker', ['inspect', '--format', template, container])).trim();
    },
  });
}

/** How Compose is called here: as the client's plugin or as the program it used to be. Throws where it is neither. */
export async function composeTool(): Promise<readonly string[]> {
  try {
    await runProgram('docker', ['compose', 'version']);
    return ['docker', 'compose'];
  } catch {
    await runProgram('docker-compose', ['version']);
    return ['docker-compose'];
  }
}
