// BenchmarkDotNet entry; `./vlm bench` is the usual way in.
BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Vlm.Bench.MachinePeaks).Assembly).Run(args);
