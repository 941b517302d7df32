namespace HybridStore.Backup;

/// <summary>What becomes of a record of a session that goes back in time.</summary>
internal enum GoingBackRule
{
    /// <summary>It comes back as it was.</summary>
    Keep = 0,

    /// <summary>It is left out: used again, it would repeat a key, or hide a loss for ever.</summary>
    Drop = 1,

    /// <summary>Its counters of pre-keys move on, so that no id is given out twice.</summary>
    AdvancePreKeyIds = 2,
}
