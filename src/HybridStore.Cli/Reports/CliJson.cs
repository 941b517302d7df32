using System.Text.Json.Serialization;

namespace HybridStore.Cli.Reports;

/// <summary>The JSON of everything that the tool writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackedUpReport))]
[JsonSerializable(typeof(BackupReport))]
[JsonSerializable(typeof(DamagedRecord))]
[JsonSerializable(typeof(DeleteReport))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(HistoryReport))]
[JsonSerializable(typeof(HistoryVersionReport))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(MigrateReport))]
[JsonSerializable(typeof(MigratedSessionReport))]
[JsonSerializable(typeof(OutboxAbandonReport))]
[JsonSerializable(typeof(OutboxDiscardReport))]
[JsonSerializable(typeof(OutboxEntryReport))]
[JsonSerializable(typeof(OutboxReconcileReport))]
[JsonSerializable(typeof(OutboxRetryReport))]
[JsonSerializable(typeof(OutboxSessionReport))]
[JsonSerializable(typeof(OutboxShowReport))]
[JsonSerializable(typeof(RecordVersionReport))]
[JsonSerializable(typeof(RestoredReport))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(RollbackReport))]
[JsonSerializable(typeof(SessionReport))]
[JsonSerializable(typeof(ShowReport))]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class CliJson : JsonSerializerContext;
