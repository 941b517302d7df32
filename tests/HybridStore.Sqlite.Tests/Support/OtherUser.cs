using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace HybridStore.Sqlite.Tests.Support;

/// <summary>Runs something without root's right to write everywhere: file permissions do not bind root, under which tests often run.</summary>
[SupportedOSPlatform("linux")]
internal static partial class OtherUser
{
    private const uint Nobody = 65534;

    /// <summary>Runs it on a thread of its own, whose file access is nobody's.</summary>
    public static void Run(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            uint before = (uint)SetFileUser(Nobody);
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                _ = SetFileUser(before);
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetFileUser(uint user);
}
