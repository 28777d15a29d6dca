/** Who may do what, as edusphere/school/policy.py has it, for people to read. The server alone decides. */

export interface RoleTable {
  name: 'school' | 'course' | 'room'
  roles: readonly string[]
  permissions: Readonly<Record<string, readonly string[]>>
}

const EVERYBODY = ['STUDENT', 'TEACHER', 'GUARDIAN', 'ADMIN'] as const
const STAFF = ['TEACHER', 'ADMIN'] as const
const TEACHING = ['INSTRUCTOR', 'ASSISTANT'] as const
const ENROLLED = ['INSTRUCTOR', 'ASSISTANT', 'STUDENT', 'OBSERVER'] as const
const LEADING = ['HOST', 'MODERATOR', 'ADMIN'] as const
const WRITING = ['HOST', 'MODERATOR', 'MEMBER'] as const

export const ROLE_TABLES: readonly RoleTable[] = [
  {
    name: 'school',
    roles: EVERYBODY,
    permissions: {
      seeOpenRooms: EVERYBODY,
      makeRooms: EVERYBODY,
      openCourses: STAFF,
      invite: ['ADMIN'],
      accounts: ['ADMIN'],
      guardians: ['ADMIN'],
      terms: ['ADMIN'],
      allCourses: ['ADMIN'],
      decide: ['ADMIN'],
      mails: ['ADMIN'],
      reports: ['ADMIN'],
      rooms: ['ADMIN'],
      messages: ['ADMIN'],
      audit: ['ADMIN'],
    },
  },
  {
    name: 'course',
    roles: [...ENROLLED, 'ADMIN'],
    permissions: {
      see: [...ENROLLED, 'ADMIN'],
      seeDraft: [...TEACHING, 'ADMIN'],
      materials: [...TEACHING, 'ADMIN'],
      enrolBelow: [...TEACHING, 'ADMIN'],
      enrolAny: ['INSTRUCTOR', 'ADMIN'],
      change: ['INSTRUCTOR', 'ADMIN'],
      copy: ['INSTRUCTOR', 'ADMIN'],
      handOver: ['INSTRUCTOR', 'ADMIN'],
    },
  },
  {
    name: 'room',
    roles: ['HOST', 'MODERATOR', 'MEMBER', 'READER', 'ADMIN'],
    permissions: {
      read: [...WRITING, 'READER'],
      post: WRITING,
      announce: ['HOST', 'MODERATOR'],
      edit: WRITING,
      beSeen: WRITING,
      leave: ['MODERATOR', 'MEMBER', 'READER'],
      moderate: LEADING,
      removeModerators: ['HOST', 'ADMIN'],
      update: ['HOST', 'ADMIN'],
      delete: ['HOST', 'ADMIN'],
    },
  },
]
