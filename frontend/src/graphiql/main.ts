/** GraphiQL for developers, served by the school itself in debug: another page, not a part of the app. */
import 'graphiql/graphiql.css'
import './page.css'

import { GraphiQL } from 'graphiql'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

import { csrfHeaders } from '@/platform/csrf'

interface Operation {
  query: string
  variables?: unknown
  operationName?: string | null | undefined
}

/** Ask as whoever is signed in on this browser. */
async function fetcher(operation: Operation): Promise<object> {
  const headers = { 'Content-Type': 'application/json', ...(await csrfHeaders()) }
  const response = await fetch('/graphql/', { method: 'POST', headers, body: JSON.stringify(operation) })
  return (await response.json()) as object
}

const place = document.getElementById('graphiql')
if (place)
  createRoot(place).render(
    createElement(GraphiQL, { fetcher, defaultQuery: '{\n  school {\n    name\n  }\n}\n' }),
  )
