import type { Role } from '@wangge/api'

/** The posts in the order in which people look for them. */
export const ROLES: readonly Role[] = [
  'grid_member',
  'grid_chief',
  'department_handler',
  'dispatcher',
  'supervisor',
  'leader',
  'system_admin',
  'security_admin',
  'audit_admin',
  'citizen',
]
