/*
 * The look a person chose, before the first paint: see platform/appearance.ts, which keeps it.
 * A plain script without imports. Whatever is wrong in the storage leaves the system's own look.
 */
try {
  const chosen = JSON.parse(localStorage.getItem('edusphere.appearance') ?? '{}')
  for (const name of ['theme', 'contrast', 'density'])
    if (typeof chosen[name] === 'string' && chosen[name] !== 'system')
      document.documentElement.dataset[name] = chosen[name]
  if (typeof chosen.locale === 'string') document.documentElement.lang = chosen.locale
} catch {
  /* no storage, or not ours */
}
