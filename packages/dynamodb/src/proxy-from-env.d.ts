declare module 'proxy-from-env' {
  /** Empty where the URL is reached directly. */
  export function getProxyForUrl(url: string): string;
}
