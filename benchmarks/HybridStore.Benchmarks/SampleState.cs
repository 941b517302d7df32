using System.Text;

namespace HybridStore.Benchmarks;

/// <summary>States to measure with: the sample's real one, and a larger one made of its records.</summary>
internal static class SampleState
{
    /// <summary>The folder of the sample bot's state, found from wherever BenchmarkDotNet runs.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "samples", "WhatsAppBot", "auth_info");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException("samples/WhatsAppBot/auth_info is not above the benchmark.");
    }

    /// <summary>
    /// Writes about 20,600 records in 24 MB, the counts and shape of a bot with 2,000 contacts and 50 groups: 90 % of the records are below 1.5 KB,
    /// and most of the bytes are in a few hundred large sessions and own sender keys.
    /// </summary>
    public static void WriteMedium(string sample, string target)
    {
        Directory.CreateDirectory(target);
        File.Copy(Path.Combine(sample, "creds.json"), Path.Combine(target, "creds.json"));
        var random = new Random(1);
        Write("session", 2640, i => $"{111000000000000 + i}_1.0", _ => Buffers(random.Next(100) < 85 ? 1 : random.Next(100) < 80 ? 10 : 110));
        Write("identity-key", 2640, i => $"{111000000000000 + i}_1.0", _ => Buffer(33));
        Write("pre-key", 1500, i => $"{i + 1}", _ => $$"""{"private":{{Buffer(32)}},"public":{{Buffer(32)}}}""");
        Write("lid-mapping", 8000, i => $"{5511900000000 + i}", _ => $"\"{random.NextInt64(100000000000000, 999999999999999)}\"");
        Write("device-list", 3500, i => $"{5511900000000 + i}", _ => """["0","1"]""");
        Write("tctoken", 1000, i => $"{5511900000000 + i}@s.whatsapp.net", _ => $$"""{"token":{{Buffer(16)}},"timestamp":"1760000000"}""");
        Write("sender-key", 1250, i => $"{120363000000000000 + (i % 50)}@g.us--{5511900000000 + i}--0", i => Buffers(i < 50 ? 33 : 1));
        Write("sender-key-memory", 50, i => $"{120363000000000000 + i}@g.us", _ => """{"5511900000001@s.whatsapp.net":true}""");

        void Write(string type, int count, Func<int, string> id, Func<int, string> value)
        {
            for (var i = 0; i < count; i++)
                File.WriteAllText(Path.Combine(target, $"{type}-{id(i)}.json"), value(i));
        }

        // Key material in Baileys' form, about a kilobyte for each unit.
        string Buffers(int kilobytes)
        {
            var json = new StringBuilder("{\"_sessions\":{");
            for (var i = 0; i < kilobytes; i++)
                json.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"root\":").Append(Buffer(320)).Append(",\"chain\":").Append(Buffer(320)).Append('}');
            return json.Append("},\"version\":\"v1\"}").ToString();
        }

        string Buffer(int size)
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            return $$"""{"type":"Buffer","data":"{{Convert.ToBase64String(bytes)}}"}""";
        }
    }
}
