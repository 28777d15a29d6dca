import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from './people'
import { schools, Server } from './schools'

test('A developer explores the interface of a school in debug, and of no other', async ({
  newcomer,
  request,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'edusphere-debug-'))
  chmodSync(folder, 0o755) // as root, Postgres runs as somebody else
  const school = new Server(join(folder, 'school'), [], { EDUSPHERE_DEBUG: '1' })
  try {
    const { page } = await newcomer('Developer', await school.start())
    await page.goto('/graphql/')
    await expect(page.getByText('school {')).toBeVisible()
    await page.getByRole('button', { name: 'Execute query' }).click()
    await expect(page.getByRole('region', { name: 'Result Window' })).toContainText('"name"')
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await page.getByRole('link', { name: 'Query', exact: true }).click()
    await expect(page.getByRole('link', { name: 'roomHistory', exact: true })).toBeVisible()
  } finally {
    await school.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  const refused = await request.get(`${schools().demo}/graphql/`, { headers: { Accept: 'text/html' } })
  expect(refused.status()).toBe(405)
  expect(await refused.text()).toContain('GraphQL is asked by POST.')
})
