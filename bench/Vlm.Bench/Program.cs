// BenchmarkDotNet entry; `./vlm bench` is the usual way in. Short jobs in this process: a process of its own per benchmark would have to find
// the native libraries and the feed again.
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

BenchmarkSwitcher.FromAssembly(typeof(Vlm.Bench.MachinePeaks).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
