return await Vlm.Api.ApiHost.RunAsync(args);
