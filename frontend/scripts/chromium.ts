/** Debian's Chromium, for the browser's tests, measurements and pictures. */
export const chromium = {
  executablePath: '/usr/bin/chromium',
  /** Without them it would speak with its maker; as root it needs to be told that there is no sandbox. */
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}
