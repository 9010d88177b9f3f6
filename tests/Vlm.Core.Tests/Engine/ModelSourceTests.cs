using Vlm.Core.Engine;
using Vlm.Core.Text;
using Vlm.Testing;

namespace Vlm.Core.Tests.Engine;

public class ModelSourceTests
{
    [SkippableTheory]
    [InlineData("tiny-336", TemplateName.Hf)]
    [InlineData("tiny-original", TemplateName.VicunaV1)]
    public void Open_Description_HasTheTemplateOfItsFamily(string checkpoint, TemplateName template)
    {
        using var source = ModelSource.Open(Golden.Folder("checkpoints", checkpoint));

        Assert.Equal(template, source.Description.Template);
    }
}
