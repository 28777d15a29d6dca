/** What others may use of the courses. */
import { defineAsyncComponent } from 'vue'

/** My courses, as a band of the home screen; fetched with its words. */
export const MyCourses = defineAsyncComponent(async () => (await import('./screens')).mine())
