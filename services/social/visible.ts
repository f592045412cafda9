/** SQL: the entry may be seen by the user of this placeholder, who may be NULL. What private groups say stays among their members. */
export function visibleTo(user: string): string {
  return `(group_id IS NULL
    OR EXISTS (SELECT FROM groups WHERE groups.id = group_id AND privacy = 'public')
    OR EXISTS (SELECT FROM group_members WHERE group_members.group_id = entries.group_id AND group_members.user_id = ${user}::bigint))`;
}
