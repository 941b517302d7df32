namespace HybridStore.Baileys;

/// <summary>What an export of a tenant wrote.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Directory">The folder's full path; it was not made if there are no sessions.</param>
/// <param name="Sessions">Each session, in the order of the listing.</param>
public sealed record BaileysTenantExport(string Tenant, string Directory, IReadOnlyList<BaileysTenantSession> Sessions);
