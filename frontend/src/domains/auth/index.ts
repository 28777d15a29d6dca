/** What others may use: who is signed in, and what everybody may know of the school. */
export { missing, proposedUsername, safeNext } from './rules'
export { useSchool } from './school'
export { type EndReason, type SignedInPerson, useAuth } from './store'
