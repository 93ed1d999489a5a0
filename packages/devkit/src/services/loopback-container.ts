import { GenericContainer } from 'testcontainers';

/** A container that publishes its ports on 127.0.0.1 only. Testcontainers publishes them on all interfaces. */
export class LoopbackContainer extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    const published = Object.values<{ HostIp?: string }[]>(this.hostConfig.PortBindings ?? {});
    for (const binding of published.flat()) binding.HostIp = '127.0.0.1';
  }
}
