/** What others may use of the chat. */

/** Begin to listen: called once by the app's boot, after `auth.initialize()` and before the mount. */
export function startChat(): void {
  // The socket follows the sign-in: connected while somebody is signed in.
}
