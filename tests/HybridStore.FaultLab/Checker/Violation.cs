namespace HybridStore.FaultLab.Checker;

/// <summary>What must not happen. docs/reliability.md tells what each means.</summary>
internal enum Violation
{
    LostCommit,
    LostQueuedUnreported,
    RollbackWithoutCause,
    StaleRead,
    ReaderWentBack,
    TornPatch,
    GroupBroken,
    Resurrected,
    VersionWentBack,
    VersionTwice,
    TwoWriters,
    AbsentAnswered,
    GhostCommit,
    ForeignValue,
    WentBackWithoutCause,
    NotNormalAtTheEnd,
    NoWayOut,
}
