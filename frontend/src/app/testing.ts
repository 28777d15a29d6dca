import '@testing-library/jest-dom/vitest'
import { configure } from '@testing-library/vue'

// A busy machine may take more than the second that is usual.
configure({ asyncUtilTimeout: 4_000 })
