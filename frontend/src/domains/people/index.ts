/** What others may use of the people. */
export { profileOf } from './routes'
