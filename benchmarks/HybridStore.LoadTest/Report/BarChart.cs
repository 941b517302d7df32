using System.Globalization;
using System.Security;
using System.Text;

namespace HybridStore.LoadTest.Report;

/// <summary>A chart of bars that lie, as SVG that stands by itself and can be read on a light page and on a dark one.</summary>
internal sealed class BarChart
{
    private const int Width = 860;
    private const int Labels = 300;
    private const int LongestBeside = 36;
    private const int LabelHeight = 16;
    private const int Values = 110;
    private const int BarHeight = 14;
    private const int Gap = 8;
    private const int Top = 62;

    // Told apart by those who see no red or green, too.
    private static readonly string[] Colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7"];

    private readonly List<(string Label, double?[] Values)> _bars = [];

    public required string Title { get; init; }

    /// <summary>What the bars mean.</summary>
    public required string Subtitle { get; init; }

    /// <summary>What the bars of one label are; one without a name: there is no legend.</summary>
    public IReadOnlyList<string> Series { get; init; } = [""];

    /// <summary>Whether each further step to the right is ten times as much.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>A line across all bars.</summary>
    public double? Mark { get; init; }

    public required Func<double, string> Format { get; init; }

    /// <summary>Which colour a bar has; <see langword="null"/>: that of its series.</summary>
    public Func<double, int>? Colour { get; init; }

    // Where one of them is too long for the place beside the bars, all are above theirs, whole.
    private bool LabelsAreAbove => _bars.Exists(static b => b.Label.Length > LongestBeside);

    private int Left => LabelsAreAbove ? 0 : Labels;

    private int LabelsTake => LabelsAreAbove ? LabelHeight : 0;

    public void Add(string label, params double?[] values) => _bars.Add((label, values));

    public string ToSvg()
    {
        var group = LabelsTake + (Series.Count * BarHeight) + Gap;
        var height = Top + (_bars.Count * group) + 14;
        var svg = new StringBuilder();
        svg.Append(Text($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="12">"""));
        svg.Append(Text($"\n<title>{Escape(Title)}</title>\n"));

        // Without a page that tells, or where styles are not applied, a grey that is read on both.
        svg.Append("<style>text{fill:#767c85}.t{fill:#1f2328;font-weight:600}.v{fill:#1f2328}@media(prefers-color-scheme:dark){.t,.v{fill:#e6edf3}text{fill:#9aa4af}.t,.v{fill:#e6edf3}}</style>\n");
        svg.Append(Text($"""<text class="t" x="0" y="16" font-size="15">{Escape(Title)}</text>"""));
        svg.Append(Text($"""<text x="0" y="34">{Escape(Subtitle)}</text>""")).Append('\n');
        for (var i = 0; i < Series.Count && Series[i].Length > 0; i++)
            svg.Append(Text($"""<rect x="{Left + (i * 130)}" y="43" width="10" height="10" fill="{Colours[i]}"/><text x="{Left + 15 + (i * 130)}" y="52">{Escape(Series[i])}</text>""")).Append('\n');

        var scale = new Scale(_bars.SelectMany(static b => b.Values).Append(Mark).OfType<double>(), IsLogarithmic);
        for (var i = 0; i < _bars.Count; i++)
            AppendBars(svg, _bars[i], Top + (i * group), scale);
        if (Mark is { } mark)
        {
            var x = Left + (scale.Of(mark) * (Width - Left - Values));
            svg.Append(Text($"""<line x1="{x:F1}" y1="{Top - 4}" x2="{x:F1}" y2="{height - 10}" stroke="#767c85" stroke-dasharray="4 3"/>""")).Append('\n');
        }

        return svg.Append("</svg>\n").ToString();
    }

    private void AppendBars(StringBuilder svg, (string Label, double?[] Values) bar, int y, Scale scale)
    {
        svg.Append(LabelsAreAbove
            ? Text($"""<text x="0" y="{y + 11}">{Escape(bar.Label)}</text>""")
            : Text($"""<text x="{Labels - 8}" y="{y + (Series.Count * BarHeight / 2) + 4}" text-anchor="end">{Escape(bar.Label)}</text>"""));
        for (var i = 0; i < bar.Values.Length; i++)
        {
            var at = y + LabelsTake + (i * BarHeight);
            if (bar.Values[i] is not { } value)
            {
                svg.Append(Text($"""<text x="{Left + 4}" y="{at + 11}">not measured</text>"""));
                continue;
            }

            var width = Math.Max(1, scale.Of(value) * (Width - Left - Values));
            svg.Append(Text($"""<rect x="{Left}" y="{at}" width="{width:F1}" height="{BarHeight - 2}" fill="{Colours[Colour?.Invoke(value) ?? i]}"/>"""));
            svg.Append(Text($"""<text class="v" x="{Left + width + 5:F1}" y="{at + 11}">{Escape(Format(value))}</text>"""));
        }

        svg.Append('\n');
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => SecurityElement.Escape(text);

    /// <summary>Where a value lies between the left and the right end.</summary>
    private sealed class Scale(IEnumerable<double> values, bool isLogarithmic)
    {
        private readonly double _most = Math.Max(1e-9, values.DefaultIfEmpty(1).Max());
        private readonly double _least = values.Where(static v => v > 0).DefaultIfEmpty(1).Min() / 2;

        public double Of(double value) => !isLogarithmic ? value / _most : value <= _least ? 0 : Math.Log(value / _least) / Math.Log(_most / _least);
    }
}
