import { asError, offline } from '@wangge/api'
import type { useSession } from '@wangge/session'
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { addTextsOf } from './i18n'
import { PAGES, firstPage, mayOpen } from './pages'
import { lostPage, startError } from './startError'

declare module 'vue-router' {
  interface RouteMeta {
    isOpen?: boolean
    capability?: string
    section?: string
    texts?: readonly string[]
  }
}

const inFrame: RouteRecordRaw[] = [
  { path: 'desk', name: 'desk', component: () => import('./features/desk/DeskPage.vue') },
  { path: 'audit', name: 'audit', component: () => import('./features/audit/AuditPage.vue') },
  { path: 'cases', name: 'cases', component: () => import('./features/cases/CaseList.vue') },
  {
    path: 'cases/new',
    name: 'case-report',
    component: () => import('./features/cases/CaseReport.vue'),
    meta: { capability: 'cases.report' },
  },
  { path: 'cases/:id', name: 'case', component: () => import('./features/cases/CasePage.vue'), props: true },
  { path: 'map', name: 'map', component: () => import('./features/map/MapPage.vue') },
  { path: 'venues', name: 'venues', component: () => import('./features/venues/VenueList.vue') },
  {
    path: 'venues/duplicates',
    name: 'venue-duplicates',
    component: () => import('./features/venues/DuplicatePage.vue'),
  },
  { path: 'venues/:id', name: 'venue', component: () => import('./features/venues/VenuePage.vue'), props: true },
  { path: 'dues', name: 'dues', component: () => import('./features/venues/dossier/DuePage.vue') },
  { path: 'censuses', name: 'censuses', component: () => import('./features/census/CensusList.vue') },
  {
    path: 'censuses/:id',
    name: 'census',
    component: () => import('./features/census/CensusPage.vue'),
    props: true,
  },
  { path: 'plates', name: 'plates', component: () => import('./features/plates/PlatePage.vue') },
  { path: 'plans', name: 'plans', component: () => import('./features/orders/PlansPage.vue') },
  { path: 'pack-rows', name: 'pack-rows', component: () => import('./features/packs/PackRows.vue') },
  { path: 'orders', name: 'orders', component: () => import('./features/orders/OrderList.vue') },
  { path: 'orders/:id', name: 'order', component: () => import('./features/orders/OrderPage.vue'), props: true },
  {
    path: 'triage',
    name: 'triage',
    component: () => import('./features/triage/TriagePage.vue'),
  },
  { path: 'notices', name: 'notices', component: () => import('./features/notices/NoticeInbox.vue') },
  {
    path: 'notice-settings',
    name: 'notice-settings',
    component: () => import('./features/notices/NoticeSettings.vue'),
  },
  { path: 'patrols', name: 'patrols', component: () => import('./features/patrols/PatrolPage.vue') },
  { path: 'oversight', name: 'oversight', component: () => import('./features/oversight/OversightPage.vue') },
  {
    path: 'rechecks/:id?',
    name: 'rechecks',
    component: () => import('./features/rechecks/RecheckPage.vue'),
    props: true,
  },
  { path: 'indicators', name: 'indicators', component: () => import('./features/appraisal/IndicatorPage.vue') },
  { path: 'runs', name: 'runs', component: () => import('./features/runs/RunPage.vue') },
  { path: 'people', name: 'people', component: () => import('./features/people/PeoplePage.vue') },
  { path: 'burden', name: 'burden', component: () => import('./features/burden/BurdenPage.vue') },
  { path: 'phones', name: 'phones', component: () => import('./features/phones/PhonesPage.vue') },
  { path: 'teams', name: 'teams', component: () => import('./features/teams/TeamsPage.vue') },
  {
    path: 'teams/new',
    name: 'team-new',
    component: () => import('./features/teams/TeamPage.vue'),
    meta: { capability: 'teams.write' },
  },
  { path: 'teams/:id', name: 'team', component: () => import('./features/teams/TeamPage.vue'), props: true },
  { path: 'leave', name: 'leave', component: () => import('./features/leave/LeavePage.vue') },
  { path: 'calendar', name: 'calendar', component: () => import('./features/calendar/CalendarPage.vue') },
  {
    path: 'major-hazards',
    name: 'major-hazards',
    component: () => import('./features/cases/major-hazards/MajorHazardPage.vue'),
  },
  {
    path: 'element-sets',
    name: 'element-sets',
    component: () => import('./features/cases/major-hazards/ElementSetPage.vue'),
  },
  { path: 'documents', name: 'documents', component: () => import('./features/documents/DocumentList.vue') },
  {
    path: 'document-settings',
    name: 'document-settings',
    component: () => import('./features/documents/DocumentSettings.vue'),
  },
  { path: 'matters', name: 'matters', component: () => import('./features/matters/MatterPage.vue') },
  { path: 'routes', name: 'routes', component: () => import('./features/routes/RoutePage.vue') },
  { path: 'territory', name: 'territory', component: () => import('./features/territory/TerritoryPage.vue') },
  { path: 'nothing', name: 'nothing', component: () => import('./layout/NothingHere.vue') },
  { path: ':rest(.*)*', name: 'lost', component: () => import('./layout/LostPage.vue') },
]

/** What a section of the address needs: what its page says, and the wall. */
const SECTIONS: Record<string, string> = {
  ...Object.fromEntries(PAGES.map(({ path, capability }) => [path.slice(1), capability])),
  wall: 'appraisal.read',
}

/** The sections whose texts are a folder of their own name. */
const OWN =
  'desk plans matters triage oversight patrols rechecks people phones burden teams runs leave documents notices'
/** The folders of locales/console that a page, or every page of a section, needs beside the face's own texts. */
const TEXTS: Record<string, readonly string[]> = {
  ...Object.fromEntries(OWN.split(' ').map((each) => [each, [each]])),
  audit: ['desk'],
  case: ['cases', 'triage', 'matters', 'documents', 'major-hazards', 'near', 'plans'],
  cases: ['cases', 'triage', 'matters'],
  map: ['places', 'map'],
  venues: ['places', 'near', 'dossier'],
  dues: ['places', 'dossier'],
  orders: ['places', 'plans'],
  'pack-rows': ['plans'],
  routes: ['matters'],
  territory: ['territory', 'places'],
  censuses: ['census'],
  plates: ['places'],
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
  const texts = TEXTS[String(route.name)] ?? TEXTS[section]
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
      withSection({ path: 'wall', name: 'wall', component: () => import('./features/wall/WallPage.vue') }, '/'),
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
