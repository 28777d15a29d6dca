export default {
  CONFLICT: 'That contradicts what is already so. Load the page again and look.',
  FORBIDDEN: 'You may not do that here.',
  INTERNAL: 'Something went wrong on our side. Nothing you typed is lost; try again in a moment.',
  INVALID: 'Something is not right yet. Look at the marked fields.',
  NETWORK: 'The school’s server did not answer. Check your connection and try again.',
  NOT_FOUND: 'There is nothing here, or it is not open to you.',
  TOO_COMPLEX: 'That was too much at once.',
  TOO_MANY: 'That was too fast. Wait a moment and try again.',
  TOO_MANY_SECONDS:
    'That was too fast. Try again in {n} second. | That was too fast. Try again in {n} seconds.',
  UNAUTHENTICATED: 'Please sign in.',
  UNAVAILABLE: 'The school’s server is busy. Try again in a moment.',
}
