import { expect, it, vi } from 'vitest'

import { Refusal } from './refusal'
import { useSubmission } from './submission'

const fields = ['name', 'email']

it('shows each error at its field', async () => {
  const refusal = new Refusal('INVALID', 'Too short.', { errors: { name: ['Too short.'] } })
  const { submit, errors, problem } = useSubmission(() => Promise.reject(refusal), { fields })
  await submit()
  expect(errors.value).toEqual({ name: ['Too short.'] })
  expect(problem.value).toBe('')
})

it('says above the form what belongs to no field of it', async () => {
  const refusal = new Refusal('INVALID', 'x', { errors: { token: ['This address is no longer good.'] } })
  const { submit, problem } = useSubmission(() => Promise.reject(refusal), { fields })
  await submit()
  expect(problem.value).toBe('This address is no longer good.')
})

it('asks nobody while it can see itself what is wrong', async () => {
  const send = vi.fn()
  const { submit, errors } = useSubmission(send, {
    fields,
    check: () => ({ email: ['Please fill this in.'] }),
  })
  await submit()
  expect(send).not.toHaveBeenCalled()
  expect(errors.value.email).toEqual(['Please fill this in.'])
})

it('is sent once, however often it is pressed', async () => {
  const send = vi.fn(() => Promise.resolve())
  const { submit, busy } = useSubmission(send, { fields })
  const first = submit()
  expect(busy.value).toBe(true)
  await Promise.all([first, submit()])
  expect(send).toHaveBeenCalledOnce()
  expect(busy.value).toBe(false)
})
