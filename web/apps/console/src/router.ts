import { asError, offline } from '@wangge/api'
import type { useSession } from '@wangge/session'
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { addTextsOf } from './i18n'
import { firstPage, mayOpen, PAGES } from './pages'
import { lostPage, startError } from './startError'

declare module 'vue-router' {
  interface RouteMeta {
    isOpen?: boolean
    capability?: string
    section?: string
    texts?: readonly string[]
  }
}

/** A page at the address of its name. */
const page = (name: string, component: NonNullable<RouteRecordRaw['component']>): RouteRecordRaw => ({
  path: name,
  name,
  component,
})

const inFrame: RouteRecordRaw[] = [
  page('desk', () => import('./features/desk/DeskPage.vue')),
  page('audit', () => import('./features/audit/AuditPage.vue')),
  page('cases', () => import('./features/cases/CaseList.vue')),
  {
    path: 'cases/new',
    name: 'case-report',
    component: () => import('./features/cases/CaseReport.vue'),
    meta: { capability: 'cases.report' },
  },
  { path: 'cases/:id', name: 'case', component: () => import('./features/cases/CasePage.vue'), props: true },
  page('map', () => import('./features/map/MapPage.vue')),
  page('venues', () => import('./features/venues/VenueList.vue')),
  {
    path: 'venues/duplicates',
    name: 'venue-duplicates',
    component: () => import('./features/venues/DuplicatePage.vue'),
  },
  { path: 'venues/:id', name: 'venue', component: () => import('./features/venues/VenuePage.vue'), props: true },
  page('dues', () => import('./features/venues/dossier/DuePage.vue')),
  page('censuses', () => import('./features/census/CensusList.vue')),
  {
    path: 'censuses/:id',
    name: 'census',
    component: () => import('./features/census/CensusPage.vue'),
    props: true,
  },
  page('plates', () => import('./features/plates/PlatePage.vue')),
  page('plans', () => import('./features/orders/PlansPage.vue')),
  {
    path: 'plans/:what/:id',
    name: 'beside',
    component: () => import('./features/orders/BesidePage.vue'),
    props: true,
  },
  page('pack-rows', () => import('./features/packs/PackRows.vue')),
  page('orders', () => import('./features/orders/OrderList.vue')),
  { path: 'orders/:id', name: 'order', component: () => import('./features/orders/OrderPage.vue'), props: true },
  page('triage', () => import('./features/triage/TriagePage.vue')),
  page('notices', () => import('./features/notices/NoticeInbox.vue')),
  {
    path: 'notice-settings',
    name: 'notice-settings',
    component: () => import('./features/notices/NoticeSettings.vue'),
  },
  page('patrols', () => import('./features/patrols/PatrolPage.vue')),
  page('visits', () => import('./features/visits/VisitsPage.vue')),
  page('ledgers', () => import('./features/ledgers/LedgersPage.vue')),
  page('oversight', () => import('./features/oversight/OversightPage.vue')),
  {
    path: 'rechecks/:id?',
    name: 'rechecks',
    component: () => import('./features/rechecks/RecheckPage.vue'),
    props: true,
  },
  page('indicators', () => import('./features/appraisal/IndicatorPage.vue')),
  page('targets', () => import('./features/targets/TargetPage.vue')),
  page('bulletins', () => import('./features/bulletins/BulletinPage.vue')),
  page('fires', () => import('./features/fires/FirePage.vue')),
  page('runs', () => import('./features/runs/RunPage.vue')),
  page('people', () => import('./features/people/PeoplePage.vue')),
  page('burden', () => import('./features/burden/BurdenPage.vue')),
  page('phones', () => import('./features/phones/PhonesPage.vue')),
  page('teams', () => import('./features/teams/TeamsPage.vue')),
  {
    path: 'teams/new',
    name: 'team-new',
    component: () => import('./features/teams/TeamPage.vue'),
    meta: { capability: 'teams.write' },
  },
  { path: 'teams/:id', name: 'team', component: () => import('./features/teams/TeamPage.vue'), props: true },
  page('leave', () => import('./features/leave/LeavePage.vue')),
  page('calendar', () => import('./features/calendar/CalendarPage.vue')),
  page('major-hazards', () => import('./features/cases/major-hazards/MajorHazardPage.vue')),
  page('element-sets', () => import('./features/cases/major-hazards/ElementSetPage.vue')),
  page('documents', () => import('./features/documents/DocumentList.vue')),
  page('document-settings', () => import('./features/documents/DocumentSettings.vue')),
  page('matters', () => import('./features/matters/MatterPage.vue')),
  page('routes', () => import('./features/routes/RoutePage.vue')),
  page('territory', () => import('./features/territory/TerritoryPage.vue')),
  page('nothing', () => import('./layout/NothingHere.vue')),
  { path: ':rest(.*)*', name: 'lost', component: () => import('./layout/LostPage.vue') },
]

/** A section's pages are for whoever may open the page of its name. */
const SECTIONS: Record<string, string> = {
  ...Object.fromEntries(PAGES.map(({ name, capability }) => [name, capability])),
  wall: 'appraisal.read',
}

/** Sections whose pages need the folder of locales/console of their own name. */
const OWN = new Set(
  'desk plans matters triage oversight rechecks patrols visits people phones burden teams targets bulletins fires runs leave documents notices'.split(
    ' ',
  ),
)

/** The folders that a page, or every page of a section, needs beside or instead of its own. */
const TEXTS: Record<string, readonly string[]> = {
  audit: ['desk'],
  case: ['cases', 'triage', 'matters', 'documents', 'major-hazards', 'near', 'plans'],
  cases: ['cases'],
  'case-report': ['cases', 'triage', 'matters'],
  map: ['places', 'map'],
  venues: ['places', 'near', 'dossier'],
  dues: ['places', 'dossier'],
  orders: ['places', 'plans'],
  'pack-rows': ['plans'],
  routes: ['matters'],
  territory: ['territory', 'places'],
  censuses: ['census'],
  plates: ['places'],
  ledgers: ['visits'],
  indicators: ['appraisal'],
  wall: ['wall', 'places'],
  calendar: ['oversight'],
  'major-hazards': ['major-hazards', 'documents'],
  'element-sets': ['major-hazards'],
  'document-settings': ['documents'],
  'notice-settings': ['notices'],
}

function withSection(route: RouteRecordRaw, root = ''): RouteRecordRaw {
  const section = route.path.split('/')[0] ?? ''
  const capability = route.meta?.capability ?? SECTIONS[section]
  const texts = TEXTS[String(route.name)] ?? TEXTS[section] ?? (OWN.has(section) ? [section] : undefined)
  return {
    ...route,
    path: `${root}${route.path}`,
    meta: { ...route.meta, section, ...(capability ? { capability } : {}), ...(texts ? { texts } : {}) },
  }
}

export function makeRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      {
        path: '/login',
        name: 'login',
        component: () => import('./features/accounts/LoginPage.vue'),
        meta: { isOpen: true },
      },
      withSection(
        page('wall', () => import('./features/wall/WallPage.vue')),
        '/',
      ),
      {
        path: '/',
        component: () => import('./layout/FrameShell.vue'),
        children: [
          // The guard below sends from here to the first page that the person may open.
          { path: '', name: 'start', component: () => import('./layout/NothingHere.vue') },
          ...inFrame.map((route) => withSection(route)),
        ],
      },
    ],
  })

  router.beforeResolve(async (to) => {
    await Promise.all((to.meta.texts ?? []).map(addTextsOf))
  })
  router.beforeEach(async (to) => {
    try {
      await session.restore()
      startError.value = undefined
    } catch (cause) {
      startError.value = asError(cause)
      return to.meta.isOpen ?? false
    }
    if (to.meta.isOpen) return session.isSignedIn ? { name: 'start' } : true
    if (!session.isSignedIn) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    if (to.name === 'start') return { name: firstPage(session.can), replace: true }
    if (to.meta.capability && !mayOpen(session.can, to.meta.capability)) return { name: 'nothing', replace: true }
    return true
  })
  router.onError((_cause, to) => (lostPage.value = { to: to.fullPath, error: offline() }))
  router.afterEach((_to, _from, failure) => {
    if (!failure) lostPage.value = undefined
  })
  return router
}
