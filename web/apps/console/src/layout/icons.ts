import {
  AlarmClock,
  Calendar,
  Document,
  List,
  Location,
  MagicStick,
  OfficeBuilding,
  Setting,
  Tickets,
  Warning,
} from '@element-plus/icons-vue'

/** What stands beside the name of a page on the left side. */
export const ICONS = {
  cases: List,
  map: Location,
  venues: OfficeBuilding,
  orders: Tickets,
  triage: MagicStick,
  oversight: AlarmClock,
  calendar: Calendar,
  'major-hazards': Warning,
  documents: Document,
  'document-settings': Setting,
}
