package io.ropewalk.support.template;

import io.ropewalk.support.template.Lexer.Kind;
import io.ropewalk.support.template.Lexer.Token;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns text into nodes.
final class Parser {
    private static final int DEEPEST = 100;
    private static final int LONGEST_NUMBER = 40;
    private static final Set<String> BLOCK_ENDS = Set.of("end", "else");

    private final Source source;
    private final String text;
    private final Set<String> functions;
    private int position;
    private boolean trimNext;
    private int depth;

    // The action that is being read.
    private List<Token> tokens = List.of();
    private int next;

    private Parser(Source source, Set<String> functions) {
        this.source = source;
        this.text = source.text();
        this.functions = functions;
    }

    static List<Node> parse(Source source, Set<String> functions) {
        Parser parser = new Parser(source, functions);
        Block block = parser.block(-1, false);
        return block.nodes();
    }

    /// @param end the word that ended it, empty at the end of the text
    private record Block(List<Node> nodes, String end) {}

    /// Reads until `end` or `else`, whose tokens are then current.
    ///
    /// @param opened where the block's own action stands, -1 for the template itself
    private Block block(int opened, boolean inRange) {
        if (++depth > DEEPEST) {
            throw source.error(Math.max(0, opened), "Blocks are nested deeper than %d.".formatted(DEEPEST));
        }
        List<Node> nodes = new ArrayList<>();
        while (true) {
            int open = text.indexOf("{{", position);
            literal(nodes, open < 0 ? text.length() : open, open);
            if (open < 0) {
                if (opened >= 0) {
                    throw source.error(opened, "The block that starts here has no {{ end }}.");
                }
                depth--;
                return new Block(nodes, "");
            }
            if (comment(open)) {
                continue;
            }
            int start = open;
            readAction(open);
            Token first = tokens.getFirst();
            if (first.kind() == Kind.WORD && BLOCK_ENDS.contains(first.text())) {
                if (opened < 0) {
                    throw source.error(first.at(), "{{ %s }} without a block before it.".formatted(first.text()));
                }
                depth--;
                return new Block(nodes, first.text());
            }
            nodes.add(node(start, inRange));
        }
    }

    private void literal(List<Node> nodes, int to, int open) {
        String literal = text.substring(position, to);
        if (trimNext) {
            literal = literal.stripLeading();
        }
        boolean trimsBefore = open >= 0
                && text.startsWith("{{-", open)
                && open + 3 < text.length()
                && Character.isWhitespace(text.charAt(open + 3));
        if (trimsBefore) {
            literal = literal.stripTrailing();
        }
        if (!literal.isEmpty()) {
            nodes.add(new Node.Text(literal));
        }
        trimNext = false;
        position = to;
    }

    private boolean comment(int open) {
        int start = open + 2;
        if (text.startsWith("- ", start)) {
            start += 2;
        }
        if (!text.startsWith("/*", start)) {
            return false;
        }
        int end = text.indexOf("*/", start + 2);
        if (end < 0) {
            throw source.error(open, "The comment that starts here has no */.");
        }
        end += 2;
        if (text.startsWith(" -}}", end)) {
            trimNext = true;
            position = end + 4;
        } else if (text.startsWith("}}", end)) {
            position = end + 2;
        } else {
            throw source.error(end, "A comment ends with */}}.");
        }
        return true;
    }

    private void readAction(int open) {
        int start = open + 2;
        if (text.startsWith("-", start)
                && start + 1 < text.length()
                && Character.isWhitespace(text.charAt(start + 1))) {
            start++;
        }
        int close = close(open, start);
        int end = close;
        if (end - 1 > start && text.charAt(end - 1) == '-' && Character.isWhitespace(text.charAt(end - 2))) {
            trimNext = true;
            end--;
        }
        tokens = Lexer.tokens(source, start, end);
        next = 0;
        position = close + 2;
        if (tokens.size() == 1) {
            throw source.error(open, "There is nothing between the braces.");
        }
    }

    private int close(int open, int start) {
        char quote = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == '\\' && quote != '`') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '`' || c == '\'') {
                quote = c;
            } else if (text.startsWith("}}", i)) {
                return i;
            } else if (text.startsWith("{{", i)) {
                break;
            }
        }
        throw source.error(open, "The {{ here has no }}.");
    }

    private Node node(int open, boolean inRange) {
        Token first = tokens.getFirst();
        if (first.kind() == Kind.WORD) {
            switch (first.text()) {
                case "if" -> {
                    next++;
                    return conditional(open, inRange);
                }
                case "with" -> {
                    next++;
                    return with(open, inRange);
                }
                case "range" -> {
                    next++;
                    return range(open, inRange);
                }
                case "break", "continue" -> {
                    next++;
                    expectEnd();
                    if (!inRange) {
                        throw source.error(first.at(), "{{ %s }} outside of a range.".formatted(first.text()));
                    }
                    return first.text().equals("break") ? new Node.Break() : new Node.Continue();
                }
                case "define", "template", "block" ->
                    throw source.error(first.at(), "{{ %s }} is not supported.".formatted(first.text()));
                default -> {}
            }
        }
        if (first.kind() == Kind.VARIABLE && (peek(1).is(":=") || peek(1).is("="))) {
            boolean declares = peek(1).is(":=");
            next += 2;
            Expression value = pipeline();
            expectEnd();
            return new Node.Assign(first.text(), declares, value, first.at());
        }
        Expression value = pipeline();
        expectEnd();
        return new Node.Print(value, text.substring(open, position));
    }

    private Node conditional(int open, boolean inRange) {
        Expression condition = pipeline();
        expectEnd();
        Block then = block(open, inRange);
        return new Node.If(condition, then.nodes(), otherwise(then, open, inRange));
    }

    private Node with(int open, boolean inRange) {
        String variable = null;
        if (peek(0).kind() == Kind.VARIABLE && peek(1).is(":=")) {
            variable = peek(0).text();
            next += 2;
        }
        Expression value = pipeline();
        expectEnd();
        Block then = block(open, inRange);
        return new Node.With(variable, value, then.nodes(), otherwise(then, open, inRange));
    }

    private Node range(int open, boolean inRange) {
        @Nullable String key = null;
        @Nullable String value = null;
        if (peek(0).kind() == Kind.VARIABLE && peek(1).is(",") && peek(2).kind() == Kind.VARIABLE && peek(3).is(":=")) {
            key = peek(0).text();
            value = peek(2).text();
            next += 4;
        } else if (peek(0).kind() == Kind.VARIABLE && peek(1).is(":=")) {
            value = peek(0).text();
            next += 2;
        }
        Expression over = pipeline();
        expectEnd();
        Block body = block(open, true);
        return new Node.Range(key, value, over, body.nodes(), otherwise(body, open, inRange));
    }

    private List<Node> otherwise(Block before, int open, boolean inRange) {
        next++;
        if (before.end().equals("end")) {
            expectEnd();
            return List.of();
        }
        Token word = peek(0);
        if (word.kind() == Kind.WORD && (word.text().equals("if") || word.text().equals("with"))) {
            next++;
            if (++depth > DEEPEST) {
                throw source.error(open, "More than %d branches.".formatted(DEEPEST));
            }
            Node chained = word.text().equals("if") ? conditional(open, inRange) : with(open, inRange);
            depth--;
            return List.of(chained);
        }
        expectEnd();
        Block last = block(open, inRange);
        if (!last.end().equals("end")) {
            throw source.error(tokens.getFirst().at(), "A second {{ else }}; the block ends with {{ end }}.");
        }
        next++;
        expectEnd();
        return last.nodes();
    }

    private Expression pipeline() {
        if (++depth > DEEPEST) {
            throw source.error(peek(0).at(), "Parentheses are nested deeper than %d.".formatted(DEEPEST));
        }
        Expression value = command(null);
        while (peek(0).is("|")) {
            next++;
            value = command(value);
        }
        depth--;
        return value;
    }

    /// @param piped what comes from the left of the bar
    private Expression command(@Nullable Expression piped) {
        Token first = peek(0);
        if (first.kind() == Kind.WORD && !isConstant(first.text())) {
            next++;
            if (!functions.contains(first.text())) {
                throw source.error(first.at(), "There is no function '%s'.".formatted(first.text()));
            }
            List<Expression> arguments = new ArrayList<>();
            while (startsOperand(peek(0))) {
                arguments.add(operand());
            }
            if (piped != null) {
                arguments.add(piped);
            }
            return fields(new Expression.Call(first.text(), List.copyOf(arguments), first.at()));
        }
        if (piped != null) {
            throw source.error(first.at(), "A function belongs after '|'.");
        }
        Expression value = operand();
        if (startsOperand(peek(0))) {
            throw source.error(peek(0).at(), "This value follows another one; only functions take arguments.");
        }
        return value;
    }

    private static boolean isConstant(String word) {
        return word.equals("true") || word.equals("false") || word.equals("nil");
    }

    private static boolean startsOperand(Token token) {
        return token.kind() != Kind.END && (token.kind() != Kind.SIGN || token.is("("));
    }

    private Expression operand() {
        Token token = peek(0);
        next++;
        Expression value = switch (token.kind()) {
            case FIELD ->
                token.text().isEmpty()
                        ? new Expression.Dot()
                        : new Expression.Field(new Expression.Dot(), token.text(), token.at());
            case VARIABLE -> new Expression.Variable(token.text(), token.at());
            case STRING -> new Expression.Constant(token.text());
            case NUMBER -> new Expression.Constant(number(token));
            case WORD -> word(token);
            case SIGN -> parenthesis(token);
            case END -> throw source.error(token.at(), "A value is missing here.");
        };
        return fields(value);
    }

    private Expression word(Token token) {
        if (isConstant(token.text())) {
            return new Expression.Constant(
                    token.text().equals("nil") ? null : token.text().equals("true"));
        }
        if (!functions.contains(token.text())) {
            throw source.error(token.at(), "There is no function '%s'.".formatted(token.text()));
        }
        return new Expression.Call(token.text(), List.of(), token.at());
    }

    private Expression parenthesis(Token token) {
        if (!token.is("(")) {
            throw source.error(token.at(), "A value belongs here, not '%s'.".formatted(token.text()));
        }
        Expression inner = pipeline();
        if (!peek(0).is(")")) {
            throw source.error(token.at(), "The '(' here has no ')'.");
        }
        next++;
        return inner;
    }

    private Expression fields(Expression value) {
        Expression result = value;
        int count = 0;
        while (peek(0).kind() == Kind.FIELD
                && peek(0).glued()
                && !peek(0).text().isEmpty()) {
            if (++count > DEEPEST) {
                throw source.error(peek(0).at(), "More than %d names in a row.".formatted(DEEPEST));
            }
            result = new Expression.Field(result, peek(0).text(), peek(0).at());
            next++;
        }
        return result;
    }

    private Object number(Token token) {
        String digits = token.text().replace("_", "");
        if (digits.length() > LONGEST_NUMBER) {
            throw source.error(token.at(), "This number has more than %d digits.".formatted(LONGEST_NUMBER));
        }
        try {
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                return new BigInteger(digits.substring(2), 16).longValueExact();
            }
            if (digits.chars().allMatch(c -> Character.isDigit(c) || c == '-' || c == '+')) {
                return new BigInteger(digits).longValueExact();
            }
            return Double.valueOf(digits);
        } catch (ArithmeticException | NumberFormatException e) {
            throw source.error(token.at(), "'%s' is not a number.".formatted(token.text()));
        }
    }

    private Token peek(int ahead) {
        return tokens.get(Math.min(next + ahead, tokens.size() - 1));
    }

    private void expectEnd() {
        Token token = peek(0);
        if (token.kind() != Kind.END) {
            throw source.error(token.at(), "'%s' does not belong here.".formatted(token.text()));
        }
    }
}
