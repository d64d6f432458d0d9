import { AlarmClock, Calendar, List, Location, MagicStick, OfficeBuilding, Tickets } from '@element-plus/icons-vue'

/** What stands beside the name of a page on the left side. */
export const ICONS = {
  cases: List,
  map: Location,
  venues: OfficeBuilding,
  orders: Tickets,
  triage: MagicStick,
  oversight: AlarmClock,
  calendar: Calendar,
}
