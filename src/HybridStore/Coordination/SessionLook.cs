using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>What somebody who only looks sees of a session: hot first, and cold after it.</summary>
/// <param name="Head">The session in cold.</param>
/// <param name="IsHeld">Whether somebody holds its lease, by cold's clock. Told only where it carries the ahead mark.</param>
/// <param name="Answer">Whether hot could be asked.</param>
/// <param name="Meta">What hot knows of the session, if it does.</param>
/// <param name="Outbox">What hot knows of its outbox, if it does.</param>
/// <param name="RunId">Hot's present run.</param>
/// <param name="EntriesLead">Whether the entries that hot has beyond cold lead to where hot was, without a gap.</param>
/// <param name="KeepsEverything">Whether hot survives every restart without a loss.</param>
internal readonly record struct SessionLook(
    SessionHead Head, bool IsHeld, HotAnswer Answer, HotMeta? Meta, HotOutboxState? Outbox, string RunId, bool EntriesLead, bool KeepsEverything);
