/** The way of an operation with files: multipart, with its progress. Fetched when first needed. */
import createUploadLink from 'apollo-upload-client/createUploadLink.mjs'

import { fetchWithProgress } from './progress'

export const uploadLink = createUploadLink({
  uri: '/graphql/',
  credentials: 'same-origin',
  fetch: fetchWithProgress,
})
