namespace HybridStore;

/// <summary>What was wrong with the input.</summary>
public enum AuthInputFault
{
    /// <summary>There is nothing.</summary>
    Empty = 1,

    /// <summary>It is above the limit of <see cref="AuthLimits"/>.</summary>
    TooLong = 2,

    /// <summary>It is not Unicode text that a database can hold.</summary>
    NotText = 3,

    /// <summary>The same record occurs twice.</summary>
    Duplicate = 4,

    /// <summary>It is a type that the library keeps for itself.</summary>
    Reserved = 5,
}
