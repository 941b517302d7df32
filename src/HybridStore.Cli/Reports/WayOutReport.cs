using HybridStore.Cli.Doctor;

namespace HybridStore.Cli.Reports;

/// <summary>A way out, as JSON.</summary>
internal sealed record WayOutReport(string Does, string? Command, string Costs, string Keeps, string Pairing)
{
    public static WayOutReport Of(WayOut way) => new(way.Does, way.Command, way.Costs, way.Keeps, way.Pairing);
}
