import { asError } from '@wangge/api'
import type { useQueue } from '@wangge/phone'
import type { useSession } from '@wangge/session'
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { firstPage } from './pages'
import { startError } from './startError'
import { recognise } from './who'

declare module 'vue-router' {
  interface RouteMeta {
    isOpen?: boolean
    capability?: string
    /** The tab that is lit. */
    tab?: string
  }
}

const inFrame: RouteRecordRaw[] = [
  {
    path: 'today',
    name: 'today',
    component: () => import('./features/orders/TodayPage.vue'),
    meta: { capability: 'orders.do', tab: 'today' },
  },
  {
    path: 'map',
    name: 'map',
    component: () => import('./features/places/MapPage.vue'),
    meta: { capability: 'venues.read', tab: 'today' },
  },
  {
    path: 'orders/:id',
    name: 'order',
    component: () => import('./features/orders/OrderPage.vue'),
    props: true,
    meta: { capability: 'orders.read', tab: 'today' },
  },
  {
    path: 'cases',
    name: 'cases',
    component: () => import('./features/cases/CaseList.vue'),
    meta: { capability: 'cases.read', tab: 'cases' },
  },
  {
    path: 'cases/:id',
    name: 'case',
    component: () => import('./features/cases/CasePage.vue'),
    props: true,
    meta: { capability: 'cases.read', tab: 'cases' },
  },
  {
    path: 'places/:id',
    name: 'place',
    component: () => import('./features/places/PlacePage.vue'),
    props: true,
    meta: { capability: 'venues.read', tab: 'today' },
  },
  {
    path: 'places/:id/correct',
    name: 'correct',
    component: () => import('./features/places/CorrectPage.vue'),
    props: true,
    meta: { capability: 'venues.write', tab: 'today' },
  },
  {
    path: 'scan',
    name: 'plate',
    component: () => import('./features/places/ScanPage.vue'),
    meta: { capability: 'venues.read', tab: 'today' },
  },
  {
    // A plate that was scanned before somebody signed in: the house says where it leads.
    path: 'scan/:code',
    name: 'scan',
    component: () => import('./layout/LostPage.vue'),
    beforeEnter: (to) => {
      window.location.replace(`/q/${encodeURIComponent(String(to.params.code))}`)
      return false
    },
  },
  {
    path: 'report',
    name: 'report',
    component: () => import('./features/cases/ReportPage.vue'),
    meta: { capability: 'cases.report', tab: 'report' },
  },
  {
    path: 'patrol',
    name: 'patrol',
    component: () => import('./features/patrol/PatrolPage.vue'),
    meta: { capability: 'patrols.do', tab: 'today' },
  },
  {
    path: 'census',
    name: 'census',
    component: () => import('./features/census/CensusPage.vue'),
    meta: { capability: 'census.answer', tab: 'today' },
  },
  {
    path: 'visits',
    name: 'visits',
    component: () => import('./features/visits/VisitsPage.vue'),
    meta: { capability: 'visits.do', tab: 'today' },
  },
  {
    path: 'visits/:id',
    name: 'visit',
    component: () => import('./features/visits/VisitPage.vue'),
    props: true,
    meta: { capability: 'visits.do', tab: 'today' },
  },
  {
    path: 'arrivals/:id',
    name: 'arrive',
    component: () => import('./features/visits/ArrivePage.vue'),
    props: true,
    meta: { capability: 'visits.do', tab: 'today' },
  },
  {
    path: 'quick',
    name: 'quick',
    component: () => import('./features/visits/QuickReportPage.vue'),
    meta: { capability: 'visits.do', tab: 'report' },
  },
  {
    path: 'grid-log',
    name: 'grid-log',
    component: () => import('./features/patrol/GridLogPage.vue'),
    meta: { capability: 'patrols.do', tab: 'today' },
  },
  {
    path: 'notices',
    name: 'notices',
    component: () => import('./features/notices/NoticeList.vue'),
    meta: { tab: 'me' },
  },
  {
    path: 'leave',
    name: 'leave',
    component: () => import('./features/accounts/LeavePage.vue'),
    meta: { capability: 'leave.take', tab: 'me' },
  },
  { path: 'me', name: 'me', component: () => import('./features/accounts/MePage.vue'), meta: { tab: 'me' } },
  { path: ':rest(.*)*', name: 'lost', component: () => import('./layout/LostPage.vue') },
]

export function makeRouter(session: ReturnType<typeof useSession>, queue: ReturnType<typeof useQueue>): Router {
  const router = createRouter({
    history: createWebHistory('/m/'),
    routes: [
      {
        path: '/login',
        name: 'login',
        component: () => import('./features/accounts/LoginPage.vue'),
        meta: { isOpen: true },
      },
      {
        path: '/',
        component: () => import('./layout/FrameShell.vue'),
        children: [
          // The guard below sends from here to the first page that the person may open.
          { path: '', name: 'start', component: () => import('./layout/LostPage.vue') },
          ...inFrame,
        ],
      },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach(async (to, from) => {
    try {
      if (to.name !== 'login' || from.name === undefined) await recognise(session, queue)
      startError.value = undefined
    } catch (cause) {
      startError.value = asError(cause)
      return to.meta.isOpen ?? false
    }
    if (to.meta.isOpen) return session.isSignedIn ? { name: 'start' } : true
    if (!session.isSignedIn) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    if (to.name === 'start') return { name: firstPage(session.can), replace: true }
    if (to.meta.capability && !session.can(to.meta.capability)) return { name: firstPage(session.can), replace: true }
    return true
  })
  return router
}
