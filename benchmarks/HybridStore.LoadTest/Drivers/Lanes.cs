using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>Who plays a message: all of one session and lane go to the same, in order.</summary>
internal static class Lanes
{
    public static int Of(TraceMessage message, int players) => (int)(((((uint)message.Session * 31) + (uint)message.Lane) * 2654435761 >> 7) % (uint)players);
}
