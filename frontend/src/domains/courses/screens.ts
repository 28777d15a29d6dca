/** The screens of courses, so that the first page knows one file and not eight. */
import { loadCourseWords } from './words'

async function withWords<Screen>(load: Promise<Screen>): Promise<Screen> {
  const [screen] = await Promise.all([load, loadCourseWords()])
  return screen
}

export const course = () => withWords(import('./CourseScreen.vue'))
export const stream = () => import('./stream/StreamTab.vue')
export const rooms = () => import('./rooms/RoomsTab.vue')
export const materials = () => import('./materials/MaterialsTab.vue')
export const people = () => import('./people/PeopleTab.vue')
export const settings = () => import('./settings/SettingsTab.vue')
export const invitation = () => withWords(import('./invitations/InvitationScreen.vue'))
export const join = () => withWords(import('./join/JoinScreen.vue'))
export const mine = () => withWords(import('./MyCourses.vue'))
