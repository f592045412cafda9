import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** @param {string[]} patterns @param {string} message */
const forbidImports = (patterns, message) => ({
  "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }],
});

export default tseslint.config(
  { ignores: ["node_modules/", ".astra/", "**/_gen/"] },
  ...tseslint.configs.strict,
  {
    files: ["**/*.ts"],
    plugins: { jsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-restricted-syntax": ["error", { selector: "ExportAllDeclaration", message: "No barrel files: import the defining file." }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false, properties: false } }],
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "jsdoc/check-tag-names": ["error", { definedTags: ["default"] }],
      "jsdoc/check-param-names": "error",
      "jsdoc/no-types": "error",
    },
  },
  {
    files: ["services/**/*.ts"],
    rules: forbidImports(["**/infra/**", "@pulumi/*"], "Services know nothing of the deployment: only services/base."),
  },
  {
    files: ["infra/platform/**/*.ts"],
    rules: forbidImports(["@pulumi/*", "**/docker/**", "**/compose/**", "**/cli/**", "**/engine/**"], "The model is pure data: targets import it, never the other way."),
  },
);
