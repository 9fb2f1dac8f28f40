nas 1
// The body of a repeat is a stage.

space turns {
  input x: image[8, 8, 1]
  let y = x |> conv(8, 3)
  output x |> repeat 2 { y } |> classifier(10)
}
