namespace HybridStore;

/// <summary>Which part of the input was refused.</summary>
public enum AuthInputPart
{
    /// <summary>The tenant.</summary>
    Tenant = 1,

    /// <summary>The session's name.</summary>
    Session = 2,

    /// <summary>A record's type.</summary>
    Type = 3,

    /// <summary>A record's id.</summary>
    Id = 4,

    /// <summary>A record's value.</summary>
    Value = 5,

    /// <summary>A commit id.</summary>
    CommitId = 6,

    /// <summary>A patch as a whole.</summary>
    Patch = 7,
}
