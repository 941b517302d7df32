using System.Text.Json.Serialization;

namespace HybridStore.Cli.Reports;

/// <summary>The JSON of everything that the tool writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DamagedRecord))]
[JsonSerializable(typeof(DeleteReport))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(SessionReport))]
[JsonSerializable(typeof(ShowReport))]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class CliJson : JsonSerializerContext;
