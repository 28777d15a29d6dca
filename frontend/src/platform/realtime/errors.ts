/** The ways a command can come to nothing. */

/** The server answered no. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'

  constructor(
    readonly code: string,
    message: string,
    /** Seconds after which it may be asked again. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}

/** No answer: there is no connection, it was lost, or the server stayed silent. The command may still have been done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'

  constructor(message = 'There is no connection to the school’s server.') {
    super(message)
  }
}
