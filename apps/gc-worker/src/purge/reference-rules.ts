/**
 * What happens to a row when the row that it refers to is deleted:
 * - `delete-first`: it goes before, in chunks, with all that refers to it in turn;
 * - `delete-with`: it goes in the same transaction (markers, which must not vanish before what they mark);
 * - `clear`: its reference becomes NULL;
 * - `block`: nothing is deleted while there is one, because it has to be collected properly, or is somebody else's.
 */
export type ReferenceRule = 'delete-first' | 'delete-with' | 'clear' | 'block';

/** Tables whose rows are deleted along the reference graph. */
export const GRAPH_TABLES = [
  'repository',
  'user',
  'team',
  'oauthapplication',
  'userorganizationquota',
  'orgmirrorconfig',
  'repositorybuildtrigger',
  'accesstoken',
  'repositorynotification',
  'repomirrorrule',
] as const;

/**
 * Every reference to those tables, by `table.column` (contract section 8; `delete_instance` of Quay's models). Within a
 * table the order is that of deletion: builds before the triggers and tokens that they refer to.
 */
export const REFERENCE_RULES: Readonly<Record<string, Readonly<Record<string, ReferenceRule>>>> = {
  repository: {
    'tag.repository_id': 'block',
    'manifest.repository_id': 'block',
    'manifestblob.repository_id': 'block',
    'manifestchild.repository_id': 'block',
    'manifestlabel.repository_id': 'block',
    'manifestsecuritystatus.repository_id': 'block',
    'uploadedblob.repository_id': 'block',
    'quotarepositorysize.repository_id': 'delete-first',
    'repositoryautoprunepolicy.repository_id': 'delete-first',
    'repositorypermission.repository_id': 'delete-first',
    'repositorybuild.repository_id': 'delete-first',
    'repositorybuildtrigger.repository_id': 'delete-first',
    'repositoryactioncount.repository_id': 'delete-first',
    'star.repository_id': 'delete-first',
    'accesstoken.repository_id': 'delete-first',
    'repositorynotification.repository_id': 'delete-first',
    'blobupload.repository_id': 'delete-first',
    'repomirrorconfig.repository_id': 'delete-first',
    'orgmirrorrepository.repository_id': 'delete-first',
    'repositoryauthorizedemail.repository_id': 'delete-first',
    'tagpullstatistics.repository_id': 'delete-first',
    'manifestpullstatistics.repository_id': 'delete-first',
    'repomirrorrule.repository_id': 'delete-first',
    'repositoryimmutabilitypolicy.repository_id': 'delete-first',
    'repositorysearchscore.repository_id': 'delete-first',
    'deletedrepository.repository_id': 'delete-with',
  },
  user: {
    'repository.namespace_user_id': 'block',
    'autoprunetaskstatus.namespace_id': 'delete-first',
    'namespaceautoprunepolicy.namespace_id': 'delete-first',
    'repositoryautoprunepolicy.namespace_id': 'delete-first',
    'namespaceimmutabilitypolicy.namespace_id': 'delete-first',
    'repositoryimmutabilitypolicy.namespace_id': 'delete-first',
    'team.organization_id': 'delete-first',
    'oauthapplication.organization_id': 'delete-first',
    'teammember.user_id': 'delete-first',
    'repositorybuildtrigger.connected_user_id': 'delete-first',
    'userorganizationquota.namespace_id': 'delete-first',
    'orgmirrorconfig.organization_id': 'delete-first',
    // Of another organisation: its mirror is not ours to delete.
    'orgmirrorconfig.internal_robot_id': 'block',
    'repomirrorconfig.internal_robot_id': 'delete-first',
    'servicekeyapproval.approver_id': 'clear',
    'federatedlogin.user_id': 'delete-first',
    'namespacenotification.namespace_id': 'delete-first',
    'quotanotificationstate.namespace_id': 'delete-first',
    'quotanamespacesize.namespace_user_id': 'delete-first',
    'oauthassignedtoken.assigned_user_id': 'delete-first',
    'appspecificauthtoken.user_id': 'delete-first',
    'emailconfirmation.user_id': 'delete-first',
    'notification.target_id': 'delete-first',
    'oauthaccesstoken.authorized_user_id': 'delete-first',
    'organizationcontactemail.organization_id': 'delete-first',
    'organizationrhskus.user_id': 'delete-first',
    'organizationrhskus.org_id': 'delete-first',
    'permissionprototype.org_id': 'delete-first',
    // Without its user it would hold for everybody.
    'permissionprototype.activating_user_id': 'delete-first',
    'permissionprototype.delegate_user_id': 'delete-first',
    'proxycacheconfig.organization_id': 'delete-first',
    'redhatsubscriptions.user_id': 'delete-first',
    'repositorybuild.pull_robot_id': 'clear',
    'repositorybuildtrigger.pull_robot_id': 'clear',
    'repositorypermission.user_id': 'delete-first',
    'robotaccountmetadata.robot_account_id': 'delete-first',
    'robotaccounttoken.robot_account_id': 'delete-first',
    'star.user_id': 'delete-first',
    'teammemberinvite.user_id': 'delete-first',
    'teammemberinvite.inviter_id': 'delete-first',
    'userprompt.user_id': 'delete-first',
    'userregion.user_id': 'delete-first',
    'deletednamespace.namespace_id': 'delete-with',
  },
  team: {
    'teammember.team_id': 'delete-first',
    'teammemberinvite.team_id': 'delete-first',
    'teamsync.team_id': 'delete-first',
    'permissionprototype.delegate_team_id': 'clear',
    'repositorypermission.team_id': 'clear',
  },
  oauthapplication: {
    'oauthassignedtoken.application_id': 'delete-first',
    'oauthaccesstoken.application_id': 'delete-first',
    'oauthauthorizationcode.application_id': 'delete-first',
  },
  userorganizationquota: { 'quotalimits.quota_id': 'delete-first' },
  orgmirrorconfig: { 'orgmirrorrepository.org_mirror_config_id': 'delete-first' },
  repositorybuildtrigger: { 'repositorybuild.trigger_id': 'clear' },
  accesstoken: {
    // The repository's own builds are gone by then.
    'repositorybuild.access_token_id': 'block',
    'repositorybuildtrigger.write_token_id': 'clear',
  },
  repositorynotification: { 'tagnotificationsuccess.notification_id': 'delete-first' },
  repomirrorrule: {
    'repomirrorconfig.root_rule_id': 'block',
    'repomirrorrule.left_child_id': 'clear',
    'repomirrorrule.right_child_id': 'clear',
  },
};

/** A reference to a table, with what becomes of the rows that have it. */
export type RuledReference = {
  readonly table: string;
  readonly column: string;
  readonly rule: ReferenceRule;
};

/** The references to a table, in the order in which they are dealt with. */
export function ruledReferences(target: string): RuledReference[] {
  return Object.entries(REFERENCE_RULES[target] ?? {}).map(([name, rule]) => {
    const [table = '', column = ''] = name.split('.');
    return { table, column, rule };
  });
}
