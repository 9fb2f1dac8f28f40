nas 1
// `if` asks a value that is known before any tensor is.

space kinds {
  input x: image[8, 8, 1]
  let y = x |> conv(8, 3)
  output if x then y |> relu |> classifier(10) else y |> classifier(10)
}
