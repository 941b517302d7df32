namespace HybridStore;

/// <summary>What is known of a record. The third outcome of a read, a failure, is an exception and never a value.</summary>
public enum AuthRecordState
{
    /// <summary>Nothing was read: the state of <c>default(AuthRecord)</c>, which answers no question.</summary>
    Unknown = 0,

    /// <summary>The record authoritatively does not exist.</summary>
    Absent = 1,

    /// <summary>The record exists and its value is here.</summary>
    Found = 2,
}
