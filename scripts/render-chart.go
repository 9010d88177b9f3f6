// Renders deploy/helm/vlm with Go's text/template and Sprig, the two that Helm's engine is made of, plus Helm's own toYaml.
// Run by scripts/check-chart.sh. usage: render-chart CHART RELEASE [PATH=YAML]...
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

func main() {
	chart, release, settings := os.Args[1], os.Args[2], os.Args[3:]
	values := map[string]interface{}{}
	text, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	check(err)
	check(yaml.Unmarshal(text, &values))
	for _, setting := range settings {
		parts := strings.SplitN(setting, "=", 2)
		set(values, strings.Split(parts[0], "."), parts[1])
	}
	functions := sprig.TxtFuncMap()
	functions["toYaml"] = toYaml
	templates, err := filepath.Glob(filepath.Join(chart, "templates", "*.yaml"))
	check(err)
	data := map[string]interface{}{"Values": values, "Release": map[string]interface{}{"Name": release}}
	for _, file := range templates {
		render(file, functions, data)
	}
}

func render(file string, functions template.FuncMap, data interface{}) {
	text, err := os.ReadFile(file)
	check(err)
	parsed, err := template.New(filepath.Base(file)).Funcs(functions).Option("missingkey=error").Parse(string(text))
	check(err)
	var out bytes.Buffer
	check(parsed.Execute(&out, data))
	if strings.TrimSpace(out.String()) == "" {
		return
	}
	var manifest map[string]interface{}
	check(yaml.UnmarshalStrict(out.Bytes(), &manifest)) // strict: no key twice
	fmt.Printf("---\n# %s\n%s", filepath.Base(file), toYaml(manifest)+"\n")
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	check(err)
	return strings.TrimSuffix(string(text), "\n")
}

func set(values map[string]interface{}, path []string, text string) {
	for ; len(path) > 1; path = path[1:] {
		values = values[path[0]].(map[string]interface{})
	}
	var value interface{}
	check(yaml.Unmarshal([]byte(text), &value))
	values[path[0]] = value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
