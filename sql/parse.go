package sql

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// parse reads the text of a file. It is strict: what it does not understand is
// an error, so that no typing error hides in a comment.
func parse(name, text string) (*Analysis, error) {
	p := &parser{analysis: Analysis{Name: name}}
	header, statement := split(text)
	err := p.header(header)
	if err == nil {
		err = p.statement(statement)
	}
	if err != nil {
		return nil, fmt.Errorf("analysis %s: %w", name, err)
	}
	return &p.analysis, nil
}

// split parts the comments at the beginning from the statement.
func split(text string) (header []string, statement string) {
	for strings.HasPrefix(text, "--") {
		line, rest, _ := strings.Cut(text, "\n")
		header = append(header, strings.TrimPrefix(line, "--"))
		text = rest
	}
	return header, text
}

type parser struct{ analysis Analysis }

func (p *parser) header(lines []string) error {
	var title string
	var description []string
	for i, line := range lines {
		content, indented := strings.CutPrefix(line, " ")
		if !indented && line != "" || content != strings.TrimSpace(content) {
			return fmt.Errorf("line %d: a comment is `--`, one space and text: %q", i+1, "--"+line)
		}
		word, rest, _ := strings.Cut(content, " ")
		var err error
		switch {
		case i == 0:
			title = content
		case word == "param":
			err = p.param(rest)
		case word == "bar":
			err = p.bar(rest)
		case len(p.analysis.Parameters) > 0 || p.analysis.Bar != "":
			err = errors.New("only `-- param` and `-- bar` may follow upon them")
		default:
			description = append(description, content)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	p.analysis.Title, p.analysis.Description = title, strings.TrimSpace(strings.Join(description, "\n"))
	if title == "" || strings.HasSuffix(title, ".") {
		return errors.New("line 1 must be `-- Title`, with no full stop")
	}
	if p.analysis.Description == "" {
		return errors.New("it does not say what it answers")
	}
	return nil
}

var (
	paramForm = regexp.MustCompile(`^([a-z][a-z0-9_]*) (\S+)(?: = (.+?))?: (\S.*)$`)
	barForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func (p *parser) param(text string) error {
	found := paramForm.FindStringSubmatch(text)
	if found == nil {
		return fmt.Errorf("a parameter is `-- param name Type = default: what it means`, not %q", text)
	}
	param := Parameter{Name: found[1], Type: found[2], Default: found[3], Required: found[3] == "", Doc: found[4]}
	if p.analysis.Parameter(param.Name) != nil {
		return fmt.Errorf("the parameter %s is declared twice", param.Name)
	}
	if strings.Contains(param.Type, "|") {
		param.Choices, param.Type = strings.Split(param.Type, "|"), typeString
	}
	if _, known := kinds[param.Type]; !known {
		return fmt.Errorf("the parameter %s has the type %s, which is not known", param.Name, param.Type)
	}
	if param.Default == "''" {
		param.Default = ""
	}
	if !param.Required {
		if _, err := param.value(param.Default, time.Time{}); err != nil {
			return fmt.Errorf("the default of %w", err)
		}
	}
	p.analysis.Parameters = append(p.analysis.Parameters, param)
	return nil
}

func (p *parser) bar(column string) error {
	if !barForm.MatchString(column) || p.analysis.Bar != "" {
		return fmt.Errorf("bars are drawn for one column: `-- bar column`, not %q", column)
	}
	p.analysis.Bar = column
	return nil
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*):([^{}:]+)\}`)

// statement takes the one statement, which uses every declared parameter by its
// type and no other.
func (p *parser) statement(text string) error {
	body, ended := strings.CutSuffix(text, ";\n")
	if !ended || strings.Contains(body, ";") {
		return errors.New("it must hold one statement that ends with `;` and a line feed, and no other `;`")
	}
	if word, _, _ := strings.Cut(strings.ReplaceAll(body, "\n", " "), " "); word != "SELECT" && word != "WITH" {
		return errors.New("right after the comments must follow SELECT or WITH")
	}
	used := map[string]bool{}
	for _, found := range placeholder.FindAllStringSubmatch(body, -1) {
		param := p.analysis.Parameter(found[1])
		if param == nil || param.Type != found[2] {
			return fmt.Errorf("%s is used but not declared as such", found[0])
		}
		used[param.Name] = true
	}
	for _, param := range p.analysis.Parameters {
		if !used[param.Name] {
			return fmt.Errorf("the parameter %s is declared but not used", param.Name)
		}
	}
	if strings.Contains(placeholder.ReplaceAllString(body, ""), "{") {
		return errors.New("a brace opens what is no parameter: {name:Type}")
	}
	p.analysis.Statement = body
	return nil
}
